"""Answers of real services, shortened from their documentation.

The last few are made up of keys and values that many APIs have.
"""

from typing import Any, Final

ANSWERS: Final[dict[str, Any]] = {
    "openweather": {
        "coord": {"lon": 13.41, "lat": 52.52},
        "weather": [{"id": 800, "main": "Clear"}],
        "main": {"temp": 293.15, "pressure": 1013, "humidity": 45, "temp_min": 290.1},
        "visibility": 10000,
        "wind": {"speed": 3.6, "deg": 210},
        "clouds": {"all": 40},
        "dt": 1772366400,
        "sys": {"sunrise": 1772345000},
        "cod": 200,
    },
    "weatherapi": {
        "current": {
            "last_updated": "2026-03-01 12:00",
            "temp_f": 46.4,
            "feelslike_c": 6.1,
            "is_day": 1,
            "wind_kph": 11.2,
            "wind_degree": 240,
            "pressure_mb": 1016.0,
            "pressure_in": 30.0,
            "precip_in": 0.1,
            "vis_km": 10.0,
            "uv": 2.0,
        },
    },
    "open_meteo": {
        "current_units": {"temperature_2m": "°F", "wind_speed_10m": "km/h"},
        "current": {
            "time": "2026-03-01T12:00",
            "temperature_2m": 48.4,
            "wind_speed_10m": 12.3,
        },
        "hourly_units": {"temperature_2m": "°C"},
        "hourly": {"temperature_2m": [8.1, 8.2]},
    },
    "nws": {
        "properties": {
            "temperature": {"unitCode": "wmoUnit:degC", "value": 21.1},
            "barometricPressure": {"unitCode": "wmoUnit:Pa", "value": 101320},
        },
    },
    "netatmo": {
        "body": {
            "devices": [
                {
                    "firmware": 204,
                    "wifi_status": 44,
                    "reachable": True,
                    "dashboard_data": {
                        "time_utc": 1772366400,
                        "Temperature": 21.3,
                        "CO2": 612,
                        "Noise": 38,
                        "Pressure": 1019.4,
                        "date_max_temp": 1772340000,
                        "WindAngle": 210,
                    },
                    "battery_percent": 76,
                    "battery_vp": 5148,
                }
            ]
        }
    },
    "strava": {
        "biggest_ride_distance": 175454.0,
        "recent_ride_totals": {
            "count": 5,
            "distance": 91234.5,
            "moving_time": 12345,
            "elevation_gain": 820.2,
        },
    },
    "activity": {
        "id": 154504250376823,
        "distance": 24931.4,
        "moving_time": 4500,
        "elapsed_time": 4600,
        "average_speed": 5.54,
        "average_watts": 175.3,
        "average_heartrate": 140.3,
        "kilojoules": 788.7,
        "private": False,
    },
    "spotify": {
        "device": {"id": "x", "volume_percent": 59, "name": "Kitchen"},
        "timestamp": 1772366400123,
        "progress_ms": 38512,
        "is_playing": True,
        "repeat_state": "off",
        "item": {"duration_ms": 207959, "track_number": 4, "popularity": 71},
    },
    "github": {
        "id": 583231,
        "public_repos": 8,
        "followers": 20,
        "created_at": "2008-01-14T04:33:35Z",
        "two_factor_authentication": True,
        "plan": {"name": "pro"},
    },
    "fitbit": {
        "summary": {
            "caloriesOut": 2104,
            "steps": 5231,
            "sedentaryMinutes": 730,
            "restingHeartRate": 61,
            "distances": [{"activity": "total", "distance": 4.2}],
        }
    },
    "withings": {
        "status": 0,
        "body": {
            "updatetime": 1772366400,
            "measures": [{"value": 65750, "type": 1, "unit": -3}],
        },
    },
    "monzo": {"balance": 5000, "currency": "GBP", "spend_today": -120},
    "bank": {
        "balance": {"currencyCode": "AUD", "value": "1.00"},
        "transaction": {"amount": 12.5, "currency": "eur"},
        "salary": {"amount": 300000, "currency": "JPY"},
        "invoice": {"fee": 2.5, "total": 20, "currency": "€"},
        "rates": {"price_eur": 0.31, "price_per_kwh": 0.31, "usd_24h_change": -1.2},
        "bitcoin": {"usd": 65000},
    },
    "todoist": {
        "id": "2995104339",
        "priority": 4,
        "due": {"date": "2026-09-01", "is_recurring": False},
        "comment_count": 10,
        "labels": ["home", "garden"],
    },
    "stripe": {"amount": 2000, "fee": 30, "currency": "usd", "tax_rate": 7.5},
    "tesla": {
        "charge_state": {"charging_state": "Charging", "charge_limit_soc": 90},
        "vehicle_state": {"odometer": 12345.6, "car_version": "2026.4"},
    },
    "youtube": {"statistics": {"viewCount": "12345"}},
    "google_fit": {"startTimeNanos": "1672531200000000000"},
    "miele": {"remainingTime": [1, 30], "signalInfo": False},
    "oura": {"day": "2026-03-01", "average_hrv": 45, "score": 82},
    "ecobee": {"actualTemperature": 712, "isConnected": True},
    "graph": {"availability": "Available", "activity": "InACall"},
    "calendar": {
        "summary": "Family",
        "items": [
            {"start": {"dateTime": "2026-03-01T12:00:00+01:00"}, "status": "confirmed"}
        ],
    },
    "meter": {
        "total_kwh": 1234.5,
        "energyToday": 3.2,
        "energyTodayUnit": "kWh",
        "import": {"total": 812.1, "unit": "kWh"},
        "powerW": 512,
        "grid_power_kw": 1.2,
        "voltage": "230.4",
        "current_ma": 120,
        "gas_total_m3": 1.5,
        "water": {"value": 88.2, "unit": "L"},
        "cycle_kwh": 2.5,
        "production": {"value": 850, "unit": "W"},
        "battery": {
            "soc": 0.81,
            "level": 81,
            "temperature_c": 23,
            "charging": "yes",
            "low": False,
        },
    },
    "home": {
        "door": "open",
        "lock": "unlocked",
        "locked": True,
        "garage": {"door": {"state": "closed"}},
        "motion": "inactive",
        "contact": True,
        "not_charging": True,
        "online": "true",
        "is_home": "yes",
        "water_leak": False,
        "update_available": True,
        "status": "online",
        "mode": "auto",
    },
    "device": {
        "rssi": -61,
        "ip": "10.0.0.2",
        "serial": "A1",
        "uptime": 86400,
        "last_seen": "Sun, 01 Mar 2026 12:00:00 GMT",
        "expires": "1772366400",
        "modifiedAt": 1772366400000000,
        "used_bytes": 123456,
        "download_mbps": 94.1,
        "speed": 55,
        "speed_unit": "km/h",
        "distanceInMeters": 12,
        "cpu": {"temperature": {"celsius": 41.5}},
        "readings": [
            {"type": "temperature", "value": 21.5, "unit": "°C"},
            {"name": "Points", "value": 12, "unit": "points"},
            {"type": "humidity", "value": "44"},
        ],
        "sensors": [
            {"id": "a", "name": "Kitchen", "temp": 21, "value": 3.5, "tags": [1]}
        ],
        "tracker": {"position": {"latitude": "52.5", "long": 13.4, "lat": 52.5}},
    },
    "names": {
        "id": 17,
        "user_id": 4711,
        "version": "1.2",
        "api": {"version": "2024-01-01"},
        "year": 2026,
        "phone": "491511234",
        "zip": 10115,
        "code": "007",
        "status": 200,
        "retries": 1,
        "type": 3,
        "vitamin_c": 12,
        "plan_b": 3,
        "humidity": 0.46,
        "temperature": 412,
        "bytes_since_reset": 1772366400,
        "score": "best",
        "nothing": None,
    },
}

"""Words of other languages for what homes measure, in the words of `vocabulary`.

Only words that mean nothing else in English: `tension` and `druck` are left out.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
import unicodedata

# By the word in English: German, Dutch, French, Spanish, Italian, Portuguese, Polish, Czech, Danish,
# Norwegian, Swedish and Finnish, without accents.
_WORDS: Final[Mapping[str, str]] = {
    word: english
    for english, words in {
        "temperature": "temperatur temperatuur temperatura temperature teplota lampotila temperaturen",
        "humidity": "luftfeuchtigkeit luftfeuchte feuchte feuchtigkeit vochtigheid luchtvochtigheid "
        "humidite humedad umidita umidade wilgotnosc vlhkost luftfugtighed luftfuktighet kosteus",
        "moisture": "bodenfeuchte bodenfeuchtigkeit bodemvochtigheid",
        "barometer": "luftdruck luchtdruk cisnienie lufttryk lufttrykk lufttryck ilmanpaine",
        "pressure": "pression presion pressione pressao",
        "battery": "batterie batterij bateria batteria akku akkustand batteriestand ladestand "
        "ladezustand batteri",
        "power": "leistung vermogen puissance potencia potenza vykon teho",
        "energy": "energie energia",
        "voltage": "spannung spanning voltaje tensione tensao napiecie napeti spaending spenning "
        "jannite",
        "precipitation": "niederschlag neerslag pluie lluvia pioggia chuva opady nedbor sademaara",
        "windspeed": "windgeschwindigkeit windsnelheid vindhastighed vindhastighet vindstyrke "
        "tuulennopeus",
        "winddirection": "windrichtung windrichting vindretning vindriktning",
        "dewpoint": "taupunkt dauwpunt",
        "heartrate": "herzfrequenz hartslag",
        "weight": "gewicht poids waga vaegt",
        "distance": "entfernung afstand distancia distanza",
        "odometer": "kilometerstand",
        "today": "heute vandaag oggi hoje dzisiaj",
    }.items()
    for word in words.split()
}
# What a compound of these languages ends in: `aussentemperatur`, `vorlauftemperatur`.
_ENDINGS: Final = {
    "temperatur": "temperature",
    "temperatuur": "temperature",
    "leistung": "power",
    "spannung": "voltage",
}
_LONGEST_WORD: Final = 30


@lru_cache(2048)
def in_english(word: str) -> str:
    """Return a word in English where it is one that is known in another language.

    `word` is in lower case, and is returned where it is English or unknown.
    """
    if not word.isascii():
        if len(word) > _LONGEST_WORD:
            return word
        plain = unicodedata.normalize("NFKD", word.replace("ł", "l").replace("ø", "o"))
        plain = plain.replace("ß", "ss").encode("ascii", "ignore").decode()
    else:
        plain = word
    if (english := _WORDS.get(plain)) is not None:
        return english
    for ending, english in _ENDINGS.items():
        if plain.endswith(ending) and len(plain) > len(ending) + 2:
            return english
    return word

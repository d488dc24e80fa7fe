"""What an automation may ask for."""

"""In which unit a number is: what the answer states, its system of units, and what is assumed."""

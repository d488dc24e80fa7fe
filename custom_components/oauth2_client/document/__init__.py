"""An answer and its values, without Home Assistant.

`parsing` makes a document of bytes, `paths` find values in it, `scalars` reads one value as a
number, a time, a day or a flag, and `guessing` says what a value is likely to be. Each is imported by itself.
"""

"""Kills a real Home Assistant, and worse; counts the accounts that have to be signed in again."""

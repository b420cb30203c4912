"""Checks of rule tables: each yields findings, and never prints or stops."""

"""The version, which the package, its files and its releases have in common."""

VERSION = "0.5.0"

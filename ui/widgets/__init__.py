"""Widgets that several pages share; they own no rule."""

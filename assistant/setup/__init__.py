"""The set-up of a case without Qt: its model, and the sources there are."""

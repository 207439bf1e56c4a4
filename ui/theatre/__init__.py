"""The theatre page (F1): live beside the patient."""

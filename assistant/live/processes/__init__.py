"""The processes of a session: each one, who starts and watches them, and how they are found again."""

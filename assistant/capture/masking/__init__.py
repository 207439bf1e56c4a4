"""What is outside the X-ray field is blackened before anything is shown or written."""

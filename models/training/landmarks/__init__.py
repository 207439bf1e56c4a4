"""Training of the landmarks: patients, pictures, network, export and calibration."""

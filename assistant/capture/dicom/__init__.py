"""DICOM multi-frame files."""

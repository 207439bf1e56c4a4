"""Set-up of a case: source, orientation, level, six points, scale, line; ends armed or ready to arm."""

"""How right the program is: its results scored against known truth, beside other methods on the same frames."""

"""The cards of the page of review: what stands beside and below its picture, and the stack that holds them."""

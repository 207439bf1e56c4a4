"""Training of the network that reads cement from the stabilised crop (`models/cement_reader`)."""

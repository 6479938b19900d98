//! Signal temporal logic: text to formula to signed margin.

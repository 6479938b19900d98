//! Policies that Randori brings along, and adapters to policies that live elsewhere.

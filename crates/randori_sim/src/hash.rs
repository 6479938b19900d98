//! A digest of simulation state that is equal on every platform.

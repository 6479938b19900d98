//! A digest of simulation state that is equal on all platforms.
//!
//! Two runs agree if their digests agree at every tick. The digest protects against
//! accidents, not against attackers.
//!
//! Start reading at [`StateHasher`].

/// Digests numbers as they stream in; 64 bits.
///
/// Every 64-bit word is mixed in by the folded multiplication of wyhash (Wang Yi,
/// "wyhash", 2019): the two halves of the 128-bit product are combined by exclusive or.
/// The last step is the finalizer of `MurmurHash3`. The result depends only on the
/// written values and their order: there is no seed, and no dependence on platform or
/// byte order.
#[derive(Debug, Clone)]
pub struct StateHasher {
    state: u64,
    words: u64,
}

/// Odd, with evenly spread bits: the golden ratio and a prime of wyhash.
const START: u64 = 0x9e37_79b9_7f4a_7c15;
const FACTOR: u64 = 0xa076_1d64_78bd_642f;

impl StateHasher {
    /// An empty digest.
    pub fn new() -> Self {
        Self { state: START, words: 0 }
    }

    /// Adds a number.
    #[inline]
    pub fn write_u64(&mut self, word: u64) {
        self.words = self.words.wrapping_add(1);
        let product = u128::from(self.state ^ word) * u128::from(FACTOR);
        // The counter keeps the state changing if the product is zero.
        self.state = ((product >> 64) as u64 ^ product as u64).wrapping_add(self.words);
    }

    /// Adds the bit patterns of numbers: 0.0 and -0.0 differ, and so do different NaNs.
    /// Slices are not separated: write their lengths if these may vary.
    #[inline]
    pub fn write_f32s(&mut self, numbers: &[f32]) {
        let mut pairs = numbers.chunks_exact(2);
        for pair in &mut pairs {
            self.write_u64(u64::from(pair[0].to_bits()) << 32 | u64::from(pair[1].to_bits()));
        }
        if let [last] = pairs.remainder() {
            self.write_u64(u64::from(last.to_bits()));
        }
    }

    /// Adds bytes and their number, eight at a time with the first one lowest.
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        self.write_u64(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    /// The digest of everything written so far.
    pub fn finish(&self) -> u64 {
        let mut bits = self.state ^ self.words;
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        bits ^ (bits >> 33)
    }
}

impl Default for StateHasher {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(numbers: &[f32]) -> u64 {
        let mut hasher = StateHasher::new();
        hasher.write_f32s(numbers);
        hasher.finish()
    }

    #[test]
    fn a_digest_is_the_same_on_every_platform_and_in_every_version() {
        let mut hasher = StateHasher::new();
        hasher.write_u64(7);
        hasher.write_f32s(&[1.0, -2.5, 3.0e-8]);

        assert_eq!(StateHasher::new().finish(), 0x9ca0_66f1_a4ab_2eea);
        assert_eq!(hasher.finish(), 0x5fac_c6c9_1a7c_3267);
    }

    #[test]
    fn one_bit_anywhere_changes_half_of_the_digest() {
        let numbers: Vec<f32> = (0..64).map(|index| index as f32 * 0.25).collect();
        let original = digest(&numbers);
        for index in 0..numbers.len() {
            let mut changed = numbers.clone();
            changed[index] = f32::from_bits(changed[index].to_bits() ^ 1);

            let flipped = (digest(&changed) ^ original).count_ones();
            assert!((12..=52).contains(&flipped), "number {index} flips {flipped} bits");
        }
    }

    #[test]
    fn order_length_and_the_sign_of_zero_count() {
        assert_ne!(digest(&[1.0, 2.0]), digest(&[2.0, 1.0]));
        assert_ne!(digest(&[0.0]), digest(&[-0.0]));
        assert_ne!(digest(&[0.0; 3]), digest(&[0.0; 5]));
        assert_ne!(digest(&[]), digest(&[0.0]));
    }
}

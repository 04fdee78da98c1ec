/// A digest of what a request means: the same key with another fingerprint is refused as reused.
///
/// The first 128 bits of a SHA-256 over a versioned, length-prefixed list of the fields that carry meaning.
/// The version is stored beside it, so that fingerprints made by an older release stay comparable.
public struct Fingerprint: Hashable, Sendable {
  /// The first 16 bytes of the digest, most significant first.
  public let bits: UInt128
  /// Which list of fields was digested; two fingerprints are compared only within one version.
  public let version: Int16

  /// A fingerprint from its parts.
  public init(bits: UInt128, version: Int16) {
    self.bits = bits
    self.version = version
  }
}

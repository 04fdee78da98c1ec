/// The limits of a request (Ledger.docc/Request.md); all in bytes of UTF-8 unless said.
public enum RequestLimits {
  /// The most bytes of a record's value; more is `too_large`.
  public static let valueBytesMax = 64 * 1024
  /// The most bytes of a record's key; more is `too_large`.
  public static let keyBytesMax = 128
  /// The most bytes of `reference`.
  public static let referenceBytesMax = 256
  /// The most bytes of `metadata` as it was sent, white space included.
  public static let metadataBytesMax = 4 * 1024
  /// How many objects and arrays `metadata` may nest, itself included: readers of the outcome events parse
  /// it again, and many parsers recurse.
  public static let metadataDepthMax = 32
  /// The most bytes of `requested_at`: RFC 3339 itself allows any number of digits of a second.
  public static let requestedAtBytesMax = 64
}

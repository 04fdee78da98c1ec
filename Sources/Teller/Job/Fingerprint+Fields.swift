private import Digests

extension Fingerprint {
  /// The fingerprint of a request as a list of its fields, for handlers that have no list of their own.
  ///
  /// SHA-256 over the version (two bytes) and then each field as its length (four bytes) and its UTF-8 bytes, all
  /// integers big-endian; nil is the length `0xFFFFFFFF` with nothing after it, so it differs from an empty text.
  /// - Parameters:
  ///   - version: of the list: raise it when fields are added, dropped, reordered or spelled otherwise.
  ///   - fields: what carries meaning, in one fixed order, numbers in one fixed spelling; the job's type first.
  public init(version: Int16, fields: [String?]) {
    var digester = SHA256Digester()
    digester.update(bigEndian: version)
    for field in fields {
      guard let field else {
        digester.update(bigEndian: UInt32.max)
        continue
      }
      digester.update(bigEndian: UInt32(truncatingIfNeeded: field.utf8.count))
      digester.update(field)
    }
    self.init(bits: digester.finish().high, version: version)
  }
}

internal import CCrypto

/// SHA-256 over OpenSSL's libcrypto: one fetched algorithm and one context, used again for every digest.
///
/// Fetching once is what makes it fast: the one-shot calls of OpenSSL 3 look the algorithm up each time,
/// which costs four times the digest of a short message. Short messages are gathered in a buffer, so that
/// a list of small fields becomes one call.
///
/// The digester keeps no state between `finish()` and the next `update`. It refuses nothing: where libcrypto
/// has no SHA-256 at all (or no memory for a context) the process stops, because no record could be decided.
@safe
public struct SHA256Digester: ~Copyable {
  private static let bufferBytes = 256

  private let algorithm: OpaquePointer
  private let context: OpaquePointer
  private let buffer: UnsafeMutableRawPointer
  private var buffered = 0
  private var started = false

  /// A digester that is ready for its first message.
  public init() {
    // Null is an installation without its default provider, never something an input can cause.
    guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil), let context = unsafe EVP_MD_CTX_new()
    else {
      preconditionFailure("libcrypto offers no SHA-256: check the OpenSSL installation and its providers")
    }
    // The context keeps the algorithm: starting it again needs no look-up.
    precondition(unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1, "libcrypto refused its SHA-256")
    unsafe self.algorithm = algorithm
    unsafe self.context = context
    unsafe buffer = .allocate(byteCount: Self.bufferBytes, alignment: 8)
  }

  deinit {
    // All three are owned by this value alone, and are freed once.
    unsafe EVP_MD_CTX_free(context)
    unsafe EVP_MD_free(algorithm)
    unsafe buffer.deallocate()
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: RawSpan) {
    // The span outlives the closure, and `add` keeps no pointer.
    unsafe bytes.withUnsafeBytes { unsafe add($0) }
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: [UInt8]) {
    // As above.
    unsafe bytes.withUnsafeBytes { unsafe add($0) }
  }

  /// Adds the UTF-8 bytes of a text to the message.
  public mutating func update(_ text: String) {
    var text = text
    // As above; `withUTF8` makes a bridged string contiguous first.
    text.withUTF8 { unsafe add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds an integer of at most eight bytes to the message, most significant byte first.
  @inlinable
  public mutating func update<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    precondition(Integer.bitWidth <= 64, "an integer of at most eight bytes")
    addWord(UInt64(truncatingIfNeeded: value), byteCount: Integer.bitWidth / 8)
  }

  /// The digest of everything added since the last `finish()`; the next message starts empty.
  public mutating func finish() -> SHA256Digest {
    flush()
    var high: UInt128 = 0
    var low: UInt128 = 0
    unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) {
      (digest: UnsafeMutableRawBufferPointer) in
      // SHA-256 writes exactly the 32 bytes that were allocated.
      let target = unsafe digest.baseAddress?.assumingMemoryBound(to: UInt8.self)
      check(unsafe EVP_DigestFinal_ex(context, target, nil))
      high = unsafe UInt128(bigEndian: digest.load(fromByteOffset: 0, as: UInt128.self))
      low = unsafe UInt128(bigEndian: digest.load(fromByteOffset: 16, as: UInt128.self))
    }
    started = false
    return SHA256Digest(high: high, low: low)
  }

  @usableFromInline
  mutating func addWord(_ value: UInt64, byteCount: Int) {
    if buffered + 8 > Self.bufferBytes { flush() }
    // Eight bytes are stored and `byteCount` of them kept: the check above made room for all eight.
    let leftAligned = (value << UInt64(64 - 8 * byteCount)).bigEndian
    unsafe buffer.storeBytes(of: leftAligned, toByteOffset: buffered, as: UInt64.self)
    buffered += byteCount
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    if buffered + bytes.count > Self.bufferBytes { flush() }
    if bytes.count > Self.bufferBytes {
      start()
      check(unsafe EVP_DigestUpdate(context, source, bytes.count))
    } else {
      // The flush above left room: `buffered + count` is within the buffer.
      unsafe (buffer + buffered).copyMemory(from: source, byteCount: bytes.count)
      buffered += bytes.count
    }
  }

  private mutating func flush() {
    start()
    // The buffer's first `buffered` bytes were written by `add` or `addWord`.
    if buffered > 0 { check(unsafe EVP_DigestUpdate(context, buffer, buffered)) }
    buffered = 0
  }

  private mutating func start() {
    guard !started else { return }
    // Null says: the algorithm that the context has.
    check(unsafe EVP_DigestInit_ex2(context, nil, nil))
    started = true
  }

  private func check(_ result: Int32) {
    // A software SHA-256 with a valid context has no failure left but our own misuse.
    precondition(result == 1, "libcrypto refused a SHA-256 operation")
  }
}

/// Unchecked because of the pointers: they belong to this value alone, it cannot be copied, and every use of
/// the context is `mutating`, so that moving it to another thread moves the only way to reach them.
extension SHA256Digester: @unchecked Sendable {}

/// One digest at a time, where none is kept for reuse: about 0.3 µs, most of it for the context.
public enum SHA256 {
  /// The SHA-256 of some bytes.
  public static func digest(of bytes: RawSpan) -> SHA256Digest {
    var digester = SHA256Digester()
    digester.update(bytes)
    return digester.finish()
  }

  /// The SHA-256 of some bytes.
  public static func digest(of bytes: [UInt8]) -> SHA256Digest {
    var digester = SHA256Digester()
    digester.update(bytes)
    return digester.finish()
  }
}

import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One connection through the proxy: the client's socket and the server's.
final class ProxyLink: @unchecked Sendable {
  // Unchecked: flags and counters are touched under `lock`; the sockets are set once.
  let client: WireSocket
  let upstream: WireSocket
  let commitAnswered = DispatchSemaphore(value: 0)
  private let lock = NSLock()
  private var flags = (cut: false, cutsAtReply: false, outlives: false, ended: 0)

  init(client: Int32, upstream: Int32) {
    self.client = WireSocket(client)
    self.upstream = WireSocket(upstream)
  }

  var isCut: Bool { lock.withLock { flags.cut } }
  var cutsAtCommitReply: Bool {
    get { lock.withLock { flags.cutsAtReply } }
    set { lock.withLock { flags.cutsAtReply = newValue } }
  }
  var outlivesClient: Bool {
    get { lock.withLock { flags.outlives } }
    set { lock.withLock { flags.outlives = newValue } }
  }

  /// Wakes both threads; the descriptors are closed when the link goes away.
  func cut() {
    lock.withLock { flags.cut = true }
    client.shutDown()
    upstream.shutDown()
  }

  /// Both directions have ended.
  func sideEnded() -> Bool {
    lock.withLock {
      flags.ended += 1
      return flags.ended == 2
    }
  }
}

/// The owner of a connected socket.
final class WireSocket: Sendable {
  private let descriptor: Int32
  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  /// Ends both directions, which wakes a thread that reads.
  func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Writes all bytes. Returns false when the other side is gone.
  func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      done += sent
    }
    return true
  }

  /// Appends what has arrived, waiting for something. Returns false at the end.
  func read(into buffer: inout [UInt8]) -> Bool {
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { bytes, count in
      count = max(0, recv(descriptor, bytes.baseAddress, bytes.count, 0))
    }
    buffer += chunk
    return !chunk.isEmpty
  }
}

/// Cuts a stream of the PostgreSQL protocol into messages (53.7 of the manual).
struct WireReader {
  private let socket: WireSocket
  private var buffer: [UInt8] = []
  private var head = 0
  private var isUntyped: Bool

  /// A client's first message has no type byte.
  init(_ socket: WireSocket, startsUntyped: Bool) {
    self.socket = socket
    isUntyped = startsUntyped
  }

  /// The next message with its header, nil at the end of the stream.
  mutating func next() -> [UInt8]? {
    let header = isUntyped ? 4 : 5
    guard fill(header) else { return nil }
    let length = buffer[(head + header - 4)..<(head + header)].reduce(0) { $0 << 8 | Int($1) }
    let total = length + header - 4
    guard length >= 4, fill(total) else { return nil }
    let message = Array(buffer[head..<(head + total)])
    head += total
    if head > 1 << 20 || head == buffer.count {
      buffer.removeFirst(head)
      head = 0
    }
    isUntyped = false
    return message
  }

  private mutating func fill(_ count: Int) -> Bool {
    while buffer.count - head < count { guard socket.read(into: &buffer) else { return false } }
    return true
  }
}

/// Recognises a client's COMMIT: as a simple query, parsed, or bound from a statement parsed before.
struct CommitRecogniser {
  private var names: Set<String> = []

  /// Whether this message is the first of a COMMIT.
  mutating func isCommit(_ message: [UInt8]) -> Bool {
    guard message.count > 5 else { return false }
    let texts = message.dropFirst(5).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    switch message[0] {
    case UInt8(ascii: "Q"): return Self.commits(texts[0])
    case UInt8(ascii: "P"):
      guard texts.count > 1 else { return false }
      let commits = Self.commits(texts[1])
      guard !texts[0].isEmpty else { return commits }
      // A named statement commits when it is bound.
      if commits { names.insert(texts[0]) } else { names.remove(texts[0]) }
      return false
    case UInt8(ascii: "B"): return texts.count > 1 && names.contains(texts[1])
    default: return false
    }
  }

  private static func commits(_ sql: String) -> Bool {
    sql.trimmingCharacters(in: .whitespacesAndNewlines).uppercased().hasPrefix("COMMIT")
  }
}

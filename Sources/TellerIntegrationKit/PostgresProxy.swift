import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A TCP proxy in front of a `TemporaryPostgres` that breaks connections at chosen moments.
///
/// It reads the wire protocol, so it needs `sslmode=disable` (as `TemporaryPostgres.tcpURL` has).
public final class PostgresProxy: @unchecked Sendable {
  // Unchecked: all mutable state is touched under `condition`.

  /// What happens to the next `COMMIT`; one time only.
  public enum CommitFault: Sendable, Equatable {
    /// It never reaches the server, and the connection is cut: rolled back.
    case cutBeforeForwarding
    /// The server commits, and the connection is cut before the answer.
    case cutBeforeReply
    /// The connection is cut; the server gets the COMMIT when `forwardHeldCommit()` is called: late commit.
    case cutAndHold
  }

  /// The port on 127.0.0.1.
  public var port: Int { listener.port }

  private let listener: TCPListener
  private var upstreamPort: Int
  private let condition = NSCondition()
  private var links: [ObjectIdentifier: ProxyLink] = [:]
  private var repliesHeld = false
  private var refusing = false
  private var fault: CommitFault?
  private var heldMayGo = false
  private var counted = (accepted: 0, faults: 0, lateCommits: 0)

  /// Listens at a free port and forwards to this server's TCP port.
  public init(to server: TemporaryPostgres) throws {
    listener = try TCPListener()
    upstreamPort = server.port
    Thread.detachNewThread { [weak self, listener] in
      while let client = listener.next() {
        guard let self else {
          _ = Glibc.close(client)
          return
        }
        self.accepted(client)
      }
    }
  }

  deinit { close() }

  /// Stops listening and cuts all connections.
  public func close() {
    listener.close()
    dropConnections()
  }

  /// Forgets all faults: new connections are accepted and everything flows.
  public func forwardEverything() {
    change {
      repliesHeld = false
      refusing = false
      fault = nil
      heldMayGo = true
    }
  }

  /// Cuts all connections now.
  public func dropConnections() { change { links.values.forEach { $0.cut() } } }

  /// New connections go to this server from now on, as after a failover; those that stand are cut.
  public func redirect(to server: TemporaryPostgres) {
    change {
      upstreamPort = server.port
      links.values.forEach { $0.cut() }
    }
  }

  /// New connections are closed at once while this is true.
  public func refuseConnections(_ refuses: Bool) { change { refusing = refuses } }

  /// While this is true the server's answers are kept back, as from a stopped server.
  public func holdReplies(_ holds: Bool) { change { repliesHeld = holds } }

  /// Arms a fault for the next COMMIT of any connection.
  public func onNextCommit(_ fault: CommitFault) {
    change {
      self.fault = fault
      heldMayGo = false
      counted.faults = 0
      counted.lateCommits = 0
    }
  }

  /// Lets a COMMIT held by `.cutAndHold` go, and waits until the server has answered it or `seconds` are
  /// over.
  public func forwardHeldCommit(within seconds: Double = 10) -> Bool {
    change { heldMayGo = true }
    return wait(within: seconds) { counted.lateCommits > 0 }
  }

  /// Connections accepted so far.
  public var acceptedConnections: Int { read { counted.accepted } }
  /// Faults at a COMMIT since the last `onNextCommit`.
  public var commitFaults: Int { read { counted.faults } }

  /// Waits until a fault has happened. Returns false after `seconds`.
  public func waitForCommitFault(within seconds: Double = 10) -> Bool {
    wait(within: seconds) { counted.faults > 0 }
  }

  private func read<Value>(_ body: () -> Value) -> Value {
    condition.lock()
    defer { condition.unlock() }
    return body()
  }

  private func change(_ body: () -> Void) {
    condition.lock()
    body()
    condition.broadcast()
    condition.unlock()
  }

  private func wait(within seconds: Double, _ holds: () -> Bool) -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !holds() { guard condition.wait(until: end) else { return holds() } }
    return true
  }

  private func accepted(_ client: Int32) {
    guard !read({ refusing }), let upstream = TCPListener.connect(to: read({ upstreamPort })) else {
      _ = Glibc.close(client)
      return
    }
    let link = ProxyLink(client: client, upstream: upstream)
    change {
      counted.accepted += 1
      links[ObjectIdentifier(link)] = link
    }
    Thread.detachNewThread { self.forwardRequests(link) }
    Thread.detachNewThread { self.forwardReplies(link) }
  }

  private func finished(_ link: ProxyLink) {
    link.cut()
    change { if link.sideEnded() { links[ObjectIdentifier(link)] = nil } }
  }

  /// Client to server, message by message.
  private func forwardRequests(_ link: ProxyLink) {
    defer { finished(link) }
    var reader = WireReader(link.client, startsUntyped: true)
    var commits = CommitRecogniser()
    while let message = reader.next() {
      if commits.isCommit(message), let fault = takeFault() {
        switch fault {
        case .cutBeforeForwarding:
          link.cut()
          change { counted.faults += 1 }
          return
        case .cutBeforeReply: link.cutsAtCommitReply = true
        case .cutAndHold: return hold(message, &reader, link)
        }
      }
      guard link.upstream.write(message) else { return }
    }
  }

  /// Takes the rest of the segment, cuts the client, and forwards it when told to.
  private func hold(_ first: [UInt8], _ reader: inout WireReader, _ link: ProxyLink) {
    var segment = first
    let simple = first.first == UInt8(ascii: "Q")
    while !simple, let message = reader.next() {
      segment += message
      if message.first == UInt8(ascii: "S") { break }
    }
    link.outlivesClient = true
    link.client.shutDown()
    change { counted.faults += 1 }
    condition.lock()
    while !heldMayGo { condition.wait() }
    condition.unlock()
    _ = link.upstream.write(segment)
    link.commitAnswered.wait()
    change { counted.lateCommits += 1 }
  }

  /// Server to client, message by message.
  private func forwardReplies(_ link: ProxyLink) {
    defer {
      link.commitAnswered.signal()
      finished(link)
    }
    var reader = WireReader(link.upstream, startsUntyped: false)
    while let message = reader.next() {
      condition.lock()
      while repliesHeld && !link.isCut { condition.wait() }
      condition.unlock()
      if message.starts(with: [UInt8(ascii: "C")]), message.dropFirst(5).elementsEqual("COMMIT\0".utf8) {
        if link.cutsAtCommitReply {
          link.cut()
          return change { counted.faults += 1 }
        }
        if link.outlivesClient { return }
      }
      if link.outlivesClient { continue }
      guard link.client.write(message) else { if link.outlivesClient { continue } else { return } }
    }
  }

  private func takeFault() -> CommitFault? {
    read {
      defer { fault = nil }
      return fault
    }
  }
}

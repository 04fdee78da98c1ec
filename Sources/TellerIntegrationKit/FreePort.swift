import Foundation

/// A TCP port on the loopback interface that nobody listened on a moment ago.
enum FreePort {
  /// Asks the kernel for `count` different ports: all are held open until the last one is known.
  static func take(_ count: Int) throws -> [UInt16] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    var ports: [UInt16] = []
    for _ in 0..<count {
      let socket = openSocket()
      guard socket >= 0 else { throw IntegrationError(.notStarted, "no socket: errno \(errno)") }
      sockets.append(socket)
      guard let port = bindLoopback(socket) else {
        throw IntegrationError(.notStarted, "no free loopback port: errno \(errno)")
      }
      ports.append(port)
    }
    return ports
  }

  private static func openSocket() -> Int32 {
    #if canImport(Glibc)
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private static func bindLoopback(_ socket: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
      }
    }
    return done ? UInt16(bigEndian: address.sin_port) : nil
  }
}

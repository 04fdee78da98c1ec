public import Teller

/// What goes wrong in the simulated database, and where: scripted by a test, or drawn from a seed.
public final class SimulatedFaults: Sendable {
  /// A round trip that can fail.
  public enum Step: Hashable, CaseIterable, Sendable {
    case synchronize, commit, rollback, reconnect, resolve, takeOver, halt, ownership
    /// What a commit told: any fault here makes it unknown.
    case facts
    /// Any of the publisher's questions, and its moves.
    case publication
    /// The publisher's new connection.
    case publicationReconnect
  }

  /// A way in which it fails.
  public enum Fault: Equatable, Sendable {
    /// The connection is gone; nothing of the step took effect.
    case disconnected
    /// COMMIT was sent, its answer is lost.
    case commitLost(tookEffect: Bool)
    /// A failure without an effect beyond the transaction's end.
    case failed(StoreFailure.Kind)
  }

  private struct State {
    var script: [Step: [Fault?]] = [:]
    var random: SplitMix64?
    var perMille = 0
    var struck = 0
  }

  private let state = Signal(State())

  init() {}

  /// The next passes of a step fail so, one after the other; nil lets one pass.
  public func script(_ faults: Fault?..., at step: Step) {
    state.withLock { $0.script[step, default: []] += faults }
  }

  /// From now on each step fails with this probability, in a way drawn from the seed.
  public func draw(seed: UInt64, perMille: Int) {
    state.withLock { state in
      state.random = SplitMix64(seed: seed)
      state.perMille = perMille
    }
  }

  /// No more drawn faults; scripted ones stay.
  public func heal() { state.withLock { $0.random = nil } }

  /// How many faults struck so far.
  public var struck: Int { state.withLock { $0.struck } }

  func next(_ step: Step) -> Fault? {
    state.withLock { state in
      var fault: Fault?
      if var script = state.script[step], !script.isEmpty {
        fault = script.removeFirst()
        state.script[step] = script
      } else if var random = state.random {
        if random.next(below: 1_000) < state.perMille {
          let ways = Self.ways(step)
          fault = ways[random.next(below: ways.count)]
        }
        state.random = random
      }
      if fault != nil { state.struck += 1 }
      return fault
    }
  }

  private static func ways(_ step: Step) -> [Fault] {
    switch step {
    case .synchronize:
      [.disconnected, .failed(.conflict), .failed(.exhausted), .failed(.claimConflict), .failed(.unexpected)]
    case .commit:
      [
        .disconnected, .commitLost(tookEffect: true), .commitLost(tookEffect: false), .failed(.conflict),
        .failed(.exhausted),
      ]
    case .takeOver, .halt, .ownership: [.disconnected, .failed(.conflict)]
    case .publication: [.disconnected, .failed(.conflict), .commitLost(tookEffect: true)]
    case .rollback, .reconnect, .resolve, .facts, .publicationReconnect: [.disconnected]
    }
  }
}

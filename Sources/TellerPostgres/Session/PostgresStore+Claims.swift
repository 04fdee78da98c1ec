internal import PostgresClient
public import Teller

/// Claims of keys: the rows that make a repeat harmless.
extension PostgresStore {
  /// Appends the claims of the batch's keys. Carefully: a key that is taken is no error, and `knownKeys` tells.
  public func claim(_ claims: [KeyClaim], carefully: Bool) throws(StoreFailure) {
    self.claims = claims
    guard let fence else { return }
    let version = claims.first?.fingerprint.version ?? 1
    let hasText = claims.contains { $0.key.text != nil }
    let plain = hasText ? BatchStatements.claimWithText : BatchStatements.claim
    let careful = hasText ? BatchStatements.claimWithTextCarefully : BatchStatements.claimCarefully
    try transaction.send(carefully ? careful : plain) { parameters in
      parameters.int4(fence.partition.value)
      parameters.int4(stream.id)
      parameters.int8s(count: claims.count) { claims[$0].offset }
      parameters.uuids(count: claims.count) { claims[$0].key.bits }
      parameters.uuids(count: claims.count) { claims[$0].fingerprint.bits }
      parameters.int2(version)
      if hasText { parameters.texts(count: claims.count) { claims[$0].key.text } }
    }
    guard carefully else { return }
    claimsTicket = try transaction.send(BatchStatements.claimed) { parameters in
      parameters.int4(stream.id)
      parameters.uuids(count: claims.count) { claims[$0].key.bits }
    }
  }

  /// For each claim, where its key was first decided; nil where that is this batch. Empty after a claim that
  /// was not careful.
  public func knownKeys() throws(StoreFailure) -> [KnownKey?] {
    guard let claimsTicket, let fence else { return [] }
    let claims = claims
    return try transaction.read(claimsTicket) { rows throws(PostgresError) -> [KnownKey?] in
      // Claims and rows are both sorted by key, and every claimed key has its row by now.
      guard rows.count == claims.count else {
        throw PostgresError(
          kind: .usage, message: "\(claims.count) keys were claimed and \(rows.count) rows came back")
      }
      var known: [KnownKey?] = []
      known.reserveCapacity(claims.count)
      for (row, claim) in claims.enumerated() {
        let place = Location(partition: PartitionID(try rows.int4(row, 2)), offset: try rows.int8(row, 3))
        let isOurs = place.partition == fence.partition && place.offset == claim.offset
        let fingerprint = Fingerprint(bits: try rows.uuid(row, 0), version: try rows.int2(row, 1))
        known.append(isOurs ? nil : KnownKey(fingerprint: fingerprint, location: place))
      }
      return known
    }
  }
}

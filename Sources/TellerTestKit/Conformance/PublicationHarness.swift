public import Teller

/// What the conformance checks of a publication store need, beside what those of a job store do: batches are committed by
/// the harness's own job store.
public protocol PublicationHarness: StoreHarness {
  /// The publication store under test.
  associatedtype Publication: PublicationStore
  /// A session that is connected, without any members of a handler.
  func makePublicationStore() throws -> Publication
  /// What the partition's cursor says of trouble.
  func trouble(of partition: Int32) throws -> String?
  /// Raises the history.
  func raiseHistory() throws
  /// Moves the position forward without a batch, as an operator may.
  func skip(_ partition: Int32, to offset: Int64) throws
}

/// PSMA expression of a lesion against the patient's reference organs (PROMISE).
public enum ExpressionScore: Int, Sendable, Codable, CaseIterable {
    /// Below blood pool.
    case none = 0
    /// At least blood pool, below liver (spleen for liver-excreted ligands).
    case low = 1
    /// At least liver (spleen), below parotid.
    case intermediate = 2
    /// At least parotid.
    case high = 3
}

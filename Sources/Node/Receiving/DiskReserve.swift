/// Who may still fill the disk when it is nearly full.
///
/// What began above the reserve may go on into it, down to its half, so that a study in hand gets whole; what begins below is
/// refused from its first instance on.
package struct DiskReserve: Sendable {
    /// The reserve, in MiB.
    let mebibytes: Int
    /// The associations that brought an instance while there was more space than the reserve.
    private var admitted: Set<UInt64> = []

    /// - Parameter mebibytes: the free space, in MiB, below which nothing new is taken in.
    package init(mebibytes: Int) { self.mebibytes = mebibytes }

    /// Whether an association may bring its next instance.
    package mutating func admits(_ association: UInt64, freeMiB: Int) -> Bool {
        if freeMiB >= mebibytes { admitted.insert(association) }
        return freeMiB >= (admitted.contains(association) ? mebibytes / 2 : mebibytes)
    }

    /// An association has ended: nothing is known of it any more.
    package mutating func end(_ association: UInt64) { admitted.remove(association) }
}

/// How this implementation names itself in negotiation and in file meta information (PS3.7 section D.3.3.2).
public enum Implementation {
    /// Implementation Class UID: the UUID, under `2.25`, of Uptake's network part.
    public static let classUID = "2.25.101589613458024838625923164125660083423"
    /// Implementation Version Name.
    public static let versionName = "UPTAKE_1"
}

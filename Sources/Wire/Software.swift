/// What every program of this release says of itself.
public enum Software {
    public static let version = "0.1.0"
}

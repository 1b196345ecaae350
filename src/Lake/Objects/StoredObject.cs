namespace Yunnao.Lake.Objects;

/// <summary>An object of the store.</summary>
/// <param name="Id">SHA-256 of its bytes, 64 lower-case hex digits.</param>
public sealed record StoredObject(string Id, long Length);

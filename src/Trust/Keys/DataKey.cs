namespace Yunnao.Trust.Keys;

/// <summary>A key in clear, in memory only.</summary>
/// <param name="Id">Stands in the head of whatever was made with the key.</param>
/// <param name="Bytes">32 bytes, or the private key of a signature.</param>
/// <param name="Retired">True when nothing new is made with it.</param>
public sealed record DataKey(int Id, KeyUse Use, Suite Suite, byte[] Bytes, DateTimeOffset Created, bool Retired)
{
    public override string ToString() => $"key {Id} ({Use}, {Suite})";
}

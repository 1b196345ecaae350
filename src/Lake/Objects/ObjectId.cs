using System.Buffers;

namespace Yunnao.Lake.Objects;

/// <summary>Ids of objects: SHA-256, 64 lower-case hex digits.</summary>
public static class ObjectId
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static bool IsValid(string id) => id.Length == 64 && !id.AsSpan().ContainsAnyExcept(s_digits);
}

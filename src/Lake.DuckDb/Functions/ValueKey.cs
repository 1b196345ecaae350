namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The bits of a value: two values of a type have one key when they are the same.</summary>
internal readonly record struct ValueKey(ulong Low, ulong High)
{
    /// <summary>The low word of no key.</summary>
    public const ulong Empty = 0xE5A1_4C3D_9B27_60F8;

    /// <summary>The key of NULL.</summary>
    public static ValueKey Null { get; } = new(0xE5A1_4C3D_9B27_60F9, ulong.MaxValue);
}

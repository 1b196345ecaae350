using CsCheck;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>One of the values, each as likely.</summary>
internal static class Pick
{
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}

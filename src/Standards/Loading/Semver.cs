namespace Yunnao.Standards.Loading;

/// <summary>A semantic version, <c>major.minor.patch</c> with an optional pre-release (<c>1.0.0-rc.1</c>), compared as semver.org orders them.</summary>
public readonly record struct Semver(int Major, int Minor, int Patch, string PreRelease) : IComparable<Semver>
{
    /// <summary>Reads a version; false when the text is none.</summary>
    public static bool TryParse(string text, out Semver version)
    {
        version = default;
        var dash = text.IndexOf('-');
        var parts = (dash < 0 ? text : text[..dash]).Split('.');
        var pre = dash < 0 ? "" : text[(dash + 1)..];
        if (parts.Length != 3 || (dash >= 0 && !IsPreRelease(pre))) return false;
        if (!IsNumber(parts[0], out var major) || !IsNumber(parts[1], out var minor) || !IsNumber(parts[2], out var patch)) return false;
        version = new(major, minor, patch, pre);
        return true;
    }

    public static bool operator <(Semver left, Semver right) => left.CompareTo(right) < 0;

    public static bool operator <=(Semver left, Semver right) => left.CompareTo(right) <= 0;

    public static bool operator >(Semver left, Semver right) => left.CompareTo(right) > 0;

    public static bool operator >=(Semver left, Semver right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Semver other)
    {
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0) return order;

        // A pre-release comes before its release.
        if (PreRelease.Length == 0 || other.PreRelease.Length == 0) return other.PreRelease.Length.CompareTo(PreRelease.Length);
        return ComparePreRelease(PreRelease.Split('.'), other.PreRelease.Split('.'));
    }

    private static int ComparePreRelease(string[] left, string[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var numbers = (IsNumber(left[i], out var l), IsNumber(right[i], out var r));
            var order = numbers switch
            {
                (true, true) => l.CompareTo(r),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(left[i], right[i]),
            };
            if (order != 0) return order;
        }

        return left.Length.CompareTo(right.Length);
    }

    private static bool IsPreRelease(string text) =>
        text.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    private static bool IsNumber(string text, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 9 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0') && int.TryParse(text, out number);
    }
}

namespace Yunnao.Services.Views;

/// <summary>A case of a suite and what came of it.</summary>
/// <param name="Error">Why it failed; null when it passed. May quote the suite's values.</param>
public sealed record ViewCase(string Suite, string Title, string? Error)
{
    public bool Passed => Error is null;
}

using Xunit;
using Yunnao.Tests.Fuzz;

namespace Yunnao.Tests.Formats;

/// <summary>
/// Damaged copies of the public files through every decoder: no exception, every record accounted for, and no more memory than the bound
/// stated in <see cref="Targets"/>. YUNNAO_MUTANTS=10000 makes the long run; a failure names its mutant.
/// </summary>
public sealed class MutantTests
{
    public static TheoryData<string> Names => [.. Targets.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutants_keep_every_promise(string target)
    {
        var files = SeedFiles.Of(target);
        foreach (var whole in files) Targets.All[target](whole);
        foreach (var (bytes, number) in Mutants.Of(files, Mutants.Count(150)))
        {
            try
            {
                Targets.All[target](bytes);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Mutant {number} of {target}, {bytes.Length} bytes: {e.GetType().Name} {e.Message}", e);
            }
        }
    }
}

using System.Globalization;
using System.Text;
using Xunit;
using Yunnao.Services.Identity;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Identity;

public sealed class SubjectResolverTests : IDisposable
{
    private const int Patients = 5000;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-vault-").FullName;
    private readonly Vault _vault;

    public SubjectResolverTests() => _vault = Vault.Open(_folder, KeyRing.Open(_folder).Value).Value;

    [Fact]
    public async Task A_local_number_keeps_its_subject_when_memory_is_short_and_while_it_is_written()
    {
        var resolver = new SubjectResolver(_vault, mostRemembered: 100);
        using var writer = _vault.Write(1);
        var first = Resolve(resolver);
        Assert.Equal(Patients, first.Distinct().Count());
        Assert.Equal(first, Resolve(resolver));

        var written = Task.Run(() => resolver.WriteNew(writer), TestContext.Current.CancellationToken);
        Assert.Equal(first, Resolve(resolver));
        Assert.True(await written);
        Assert.Equal(first, Resolve(resolver));
        Assert.False(resolver.WriteNew(writer));

        writer.Commit();
        Assert.Equal(first, Resolve(new SubjectResolver(_vault)));
        Assert.Equal((Patients, Patients), _vault.Count());
    }

    public void Dispose()
    {
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static List<ulong> Resolve(SubjectResolver resolver)
    {
        var subjects = new ulong[Patients];
        Parallel.For(0, Patients, i => subjects[i] = resolver.Resolve("H1"u8, Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))));
        return [.. subjects];
    }
}

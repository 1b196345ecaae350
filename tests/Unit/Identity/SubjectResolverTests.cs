using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Xunit;
using Yunnao.Services.Identity;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Identity;

public sealed class SubjectResolverTests : IDisposable
{
    private const int Patients = 5000;

    /// <summary>Less than half of the patients are remembered.</summary>
    private const int Short = 2048;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-vault-").FullName;
    private readonly Vault _vault;

    public SubjectResolverTests() => _vault = Vault.Open(_folder, KeyRing.Open(_folder).Value).Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_local_number_keeps_its_subject_when_memory_is_short_and_while_it_is_written()
    {
        var resolver = new SubjectResolver(_vault, Short);
        using var writer = _vault.Write(1);
        var first = Resolve(resolver);
        Assert.Equal(Patients, first.Distinct().Count());
        Assert.Equal(first, Resolve(resolver));

        var written = Task.Run(() => resolver.WriteNew(writer), Stop);
        Assert.Equal(first, Resolve(resolver));
        Assert.True(await written);
        Assert.Equal(first, Resolve(resolver));
        Assert.False(resolver.WriteNew(writer));

        writer.Commit();
        Assert.Equal(first, Resolve(new SubjectResolver(_vault)));
        Assert.Equal((Patients, Patients), _vault.Count());
    }

    [Theory]
    [InlineData(Short)]
    [InlineData(1 << 22)]
    public async Task Known_and_new_numbers_of_an_institution_are_told_apart_whatever_is_remembered(int mostRemembered)
    {
        var known = await LoadAsync(new(_vault), 0, Patients);
        var resolver = new SubjectResolver(_vault, mostRemembered);
        var both = await LoadAsync(resolver, 0, 2 * Patients);
        Assert.Equal(known, both[..Patients]);
        Assert.Equal(2 * Patients, both.Distinct().Count());
        Assert.Equal((2 * Patients, 2 * Patients), _vault.Count());
        Assert.Equal(both, Resolve(resolver, 0, 2 * Patients));
    }

    [Fact]
    public async Task Those_who_bring_more_new_numbers_than_are_written_wait_and_all_are_written()
    {
        var resolver = new SubjectResolver(_vault, Short, mostWaiting: 10);
        using var writer = _vault.Write(1);
        using var resolved = new CancellationTokenSource();
        var writing = resolver.WriteNewAsync(writer, resolved.Token);
        var first = Resolve(resolver);
        await resolved.CancelAsync();
        await writing;
        resolver.WriteNew(writer);
        writer.Commit();
        Assert.Equal((Patients, Patients), _vault.Count());
        Assert.Equal(first, Resolve(new SubjectResolver(_vault)));
    }

    [Fact]
    public async Task A_vault_that_cannot_be_written_holds_nobody_up()
    {
        Refuse();
        var resolver = new SubjectResolver(_vault, Short, mostWaiting: 10);
        using var writer = _vault.Write(1);
        var writing = resolver.WriteNewAsync(writer, Stop);
        var resolving = Task.Run(() => Resolve(resolver), Stop);
        await Assert.ThrowsAsync<SqliteException>(() => writing);
        Assert.Equal(Patients, (await resolving).Distinct().Count());
    }

    [Fact]
    public void A_number_that_was_met_keeps_its_subject_when_a_record_describes_it_after_it_was_forgotten()
    {
        var resolver = new SubjectResolver(_vault, Short);
        using var writer = _vault.Write(1);
        var first = Resolve(resolver);
        for (var i = 0; i < Patients; i++) resolver.Learn(writer, new("H1", Number(i), new Dictionary<string, string> { ["name"] = "张三" }));
        Assert.False(resolver.WriteNew(writer));
        writer.Commit();
        Assert.Equal(first, Resolve(new SubjectResolver(_vault)));
    }

    [Fact]
    public async Task A_number_that_turned_out_to_be_another_person_stays_so_when_it_is_forgotten()
    {
        const int Half = Patients / 2;
        var known = await LoadAsync(new(_vault), 0, Patients);
        var resolver = new SubjectResolver(_vault, 1 << 14);
        Assert.Equal(known, Resolve(resolver));
        using var writer = _vault.Write(2);
        for (var i = 0; i < Patients; i++) resolver.Learn(writer, new("H1", Number(i), new Dictionary<string, string> { ["id_number"] = Number(i % Half) }));
        writer.Commit();
        for (var i = 0; i < 1 << 14; i++) resolver.Resolve("H2"u8, Encoding.UTF8.GetBytes(Number(i)));
        Assert.Equal(known[..Half], Resolve(resolver, Half));
    }

    public void Dispose()
    {
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Refuse()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, Vault.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TRIGGER full BEFORE INSERT ON identity BEGIN SELECT RAISE(ABORT, 'The disk is full.'); END";
        command.ExecuteNonQuery();
    }

    private async Task<List<ulong>> LoadAsync(SubjectResolver resolver, int from, int to)
    {
        using var writer = _vault.Write(1);
        using var resolved = new CancellationTokenSource();
        var writing = resolver.WriteNewAsync(writer, resolved.Token);
        var subjects = Resolve(resolver, from, to);
        await resolved.CancelAsync();
        await writing;
        resolver.WriteNew(writer);
        writer.Commit();
        return subjects;
    }

    private static List<ulong> Resolve(SubjectResolver resolver, int from = 0, int to = Patients)
    {
        var subjects = new ulong[to - from];
        Parallel.For(from, to, i => subjects[i - from] = resolver.Resolve("H1"u8, Encoding.UTF8.GetBytes(Number(i))));
        return [.. subjects];
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);
}

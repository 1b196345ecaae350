using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Xunit;
using Yunnao.Services.Identity;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Identity;

/// <summary>The vault under the keys of the ring: an old vault comes over, keys are replaced, and without them nothing is read.</summary>
public sealed class VaultKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-vault-keys-").FullName;

    private string OldKey => Path.Combine(_folder, "keys", "vault.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_vault_of_the_old_layout_comes_over_with_its_keys_and_the_file_of_keys_goes()
    {
        WriteOldVault("张三", "110101199003070011");
        using var keys = KeyRing.Open(_folder).Value;
        using (var vault = Vault.Open(_folder, keys).Value) Holds(vault, "张三", "110101199003070011");
        Assert.False(File.Exists(OldKey));
        using var again = Vault.Open(_folder, keys).Value;
        Holds(again, "张三", "110101199003070011");
    }

    [Fact]
    public void A_vault_of_the_old_layout_without_its_key_is_refused_and_left_as_it_is()
    {
        WriteOldVault("张三", "110101199003070011");
        var key = File.ReadAllBytes(OldKey);
        File.Delete(OldKey);
        using var keys = KeyRing.Open(_folder).Value;
        Assert.Equal("vault.key-missing", Vault.Open(_folder, keys).Problem?.Code);
        File.WriteAllBytes(OldKey, key[..40]);
        Assert.Equal("vault.key-damaged", Vault.Open(_folder, keys).Problem?.Code);
        File.WriteAllBytes(OldKey, key);
        using var vault = Vault.Open(_folder, keys).Value;
        Holds(vault, "张三", "110101199003070011");
    }

    [Theory]
    [InlineData(Suite.Aes)]
    [InlineData(Suite.Sm)]
    public void After_a_rotation_all_is_read_and_sealed_again_under_the_new_key(Suite suite)
    {
        using var keys = KeyRing.Open(_folder, suite).Value;
        using var vault = Vault.Open(_folder, keys).Value;
        Learn(vault, "P1", "李四", "110101198001010037");
        var first = keys.Current(KeyUse.Vault).Id;
        keys.Rotate(KeyUse.Vault, suite == Suite.Aes ? Suite.Sm : Suite.Aes);
        Learn(vault, "P2", "王五", "110101197505050016");
        Holds(vault, "李四", "110101198001010037");
        Assert.Equal(1, vault.Reseal(TestContext.Current.CancellationToken));
        Assert.Equal(0, vault.Reseal(TestContext.Current.CancellationToken));
        Holds(vault, "李四", "110101198001010037");
        Holds(vault, "王五", "110101197505050016");
        Assert.NotEqual(first, keys.Current(KeyUse.Vault).Id);
        Assert.NotEqual(suite, keys.Current(KeyUse.Vault).Suite);
    }

    [Fact]
    public void Without_its_ring_a_vault_is_refused_and_no_key_is_made_for_it()
    {
        using (var keys = KeyRing.Open(_folder).Value)
        using (var vault = Vault.Open(_folder, keys).Value) Learn(vault, "P1", "李四", "110101198001010037");
        File.Move(Path.Combine(_folder, "keys", "ring.json"), Path.Combine(_folder, "ring.away"));
        using var empty = KeyRing.Open(_folder).Value;
        Assert.Equal("vault.key-missing", Vault.Open(_folder, empty).Problem?.Code);
        Assert.Empty(empty.Keys);
    }

    private static void Learn(Vault vault, string local, string name, string number)
    {
        using var writer = vault.Write(1);
        new SubjectResolver(vault).Learn(writer, new("H1", local, new Dictionary<string, string> { ["name"] = name, ["id_number"] = number }));
        writer.Commit();
    }

    private static void Holds(Vault vault, string name, string number) =>
        Assert.Equal(name, Assert.Single(vault.Reveal(Assert.Single(vault.Find("id_number", number)))).Values["name"]);

    /// <summary>As the platform wrote a vault before it had a ring: docs/layouts/vault.md, layout 0.</summary>
    private void WriteOldVault(string name, string number)
    {
        var keys = RandomNumberGenerator.GetBytes(64);
        Directory.CreateDirectory(Path.GetDirectoryName(OldKey)!);
        File.WriteAllBytes(OldKey, keys);
        byte[] Hash(string first, string second) => HMACSHA256.HashData(keys.AsSpan(32), Encoding.UTF8.GetBytes($"{first}\u001F{second}"))[..16];
        var (row, clear) = (Hash("H1", "P1"), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { Local = "P1", Values = new Dictionary<string, string> { ["name"] = name, ["id_number"] = number } })));
        var sealedValue = new byte[28 + clear.Length];
        RandomNumberGenerator.Fill(sealedValue.AsSpan(0, 12));
        using (var aes = new AesGcm(keys.AsSpan(0, 32), 16)) aes.Encrypt(sealedValue.AsSpan(0, 12), clear, sealedValue.AsSpan(28), sealedValue.AsSpan(12, 16), row);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, Vault.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE identity (organisation TEXT NOT NULL, key BLOB NOT NULL, subject INTEGER NOT NULL, sealed BLOB NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (organisation, key)) WITHOUT ROWID;
            CREATE TABLE identity_history (organisation TEXT NOT NULL, key BLOB NOT NULL, batch INTEGER NOT NULL, subject INTEGER NOT NULL, sealed BLOB NOT NULL);
            CREATE TABLE lookup (kind TEXT NOT NULL, value BLOB NOT NULL, organisation TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (kind, value, organisation, key)) WITHOUT ROWID;
            INSERT INTO identity VALUES ('H1', $key, 7, $sealed, 1);
            INSERT INTO identity_history VALUES ('H1', $key, 1, 7, $sealed);
            INSERT INTO lookup VALUES ('id_number', $value, 'H1', $key);
            """;
        command.Parameters.AddWithValue("$key", row);
        command.Parameters.AddWithValue("$sealed", sealedValue);
        command.Parameters.AddWithValue("$value", Hash("id_number", number));
        command.ExecuteNonQuery();
    }
}

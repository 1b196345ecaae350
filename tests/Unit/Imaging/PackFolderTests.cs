using System.Security.Cryptography;
using Xunit;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Tests.Unit.Imaging;

public sealed class PackFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-packs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_come_back_from_where_they_were_put_also_over_several_packs()
    {
        using var packs = PackFolder.Open(_folder, 1000);
        var files = Enumerable.Range(1, 50).Select(i => new byte[i * 7]).ToList();
        foreach (var file in files) new Random(file.Length).NextBytes(file);
        var places = files.Select(f => packs.Append([(Record(f), [f])], flush: false)[0]).ToList();
        Assert.True(packs.LastPack > 5);
        for (var i = 0; i < files.Count; i++)
        {
            var read = new byte[files[i].Length];
            packs.Read(places[i], 0, read);
            Assert.Equal(files[i], read);
            var record = packs.ReadRecord(places[i].Pack, places[i].Offset)!;
            Assert.Equal(("42010001", "CT1", (long)files[i].Length), (record.Organisation, record.Sender, record.Length));
            Assert.Equal(SHA256.HashData(files[i]), record.Hash);
        }
    }

    [Fact]
    public void What_is_erased_is_gone_from_the_disk_and_its_record_says_so()
    {
        using var packs = PackFolder.Open(_folder, 1 << 20);
        var (first, second) = ("the first file"u8.ToArray(), "the second one"u8.ToArray());
        var places = packs.Append([(Record(first), [first]), (Record(second), [second])], flush: true);
        packs.Erase(places[0]);
        Assert.True(packs.ReadRecord(places[0].Pack, places[0].Offset)!.IsErased);
        Assert.Equal(-1, File.ReadAllBytes(Path.Combine(_folder, "00000001.pack")).AsSpan().IndexOf(first));
        var read = new byte[second.Length];
        packs.Read(places[1], 0, read);
        Assert.Equal(second, read);
    }

    [Fact]
    public void A_record_behind_damaged_bytes_is_found_and_half_a_record_is_none()
    {
        using var packs = PackFolder.Open(_folder, 1 << 20);
        var bytes = new byte[100];
        var places = packs.Append([(Record(bytes), [bytes]), (Record(bytes), [bytes])], flush: true);
        Assert.Equal(places[1].Offset, packs.FindRecord(1, places[0].Offset + 8));
        packs.CutBack(1, packs.End - 1);
        Assert.Null(packs.FindRecord(1, places[1].Offset));
    }

    private static PackRecord Record(byte[] file) => new(IsObject: false, IsErased: false, file.Length, SHA256.HashData(file), 638_000_000_000_000_000, "42010001", "CT1");
}

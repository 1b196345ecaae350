using System.Security.Cryptography;
using Xunit;
using Yunnao.Services.Imaging.Store;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Imaging;

public sealed class PackFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-packs-").FullName;
    private readonly KeyRing _keys;

    public PackFolderTests() => _keys = KeyRing.Open(_folder, Suite.Aes).Value;

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Sealed_files_come_back_whole_and_by_ranges_also_after_a_rotation_and_stand_nowhere_in_clear()
    {
        const int Chunk = 65_536;
        using var packs = PackFolder.Open(Packs, 1 << 30, _keys);
        var stored = new List<(byte[] File, PackPlace Place)>();
        foreach (var length in (int[])[0, 1, 1000, Chunk - 1, Chunk, Chunk + 1, 3 * Chunk, 20 * Chunk + 77])
        {
            var file = new byte[length];
            new Random(length).NextBytes(file);
            using var sealer = new MemorySealer(_keys.Current(KeyUse.Objects));
            var output = new byte[SealingStream.LengthOf(length)];
            sealer.Advance(file.AsSpan(0, length / 2), output);
            Assert.Equal(output.Length, sealer.Complete(file, output));
            stored.Add((file, packs.Tail.Append([new(Record(file) with { IsSealed = true }, output)])[0]));
            _keys.Rotate(KeyUse.Objects, length % 2 == 0 ? Suite.Aes : Suite.Sm);
        }

        packs.Tail.Flush();
        var random = new Random(1);
        foreach (var (file, place) in stored)
        {
            Assert.Equal(file, Read(packs, place, 0, file.Length));
            for (var i = 0; i < 50; i++)
            {
                var offset = random.Next(file.Length + 1);
                var length = random.Next(file.Length - offset + 1);
                Assert.Equal(file.AsSpan(offset, length).ToArray(), Read(packs, place, offset, length));
            }

            if (file.Length >= 1000) Assert.Equal(-1, File.ReadAllBytes(Pack).AsSpan().IndexOf(file.AsSpan(0, 64)));
            var sealedObject = File.ReadAllBytes(Pack)[(int)(place.Offset + PackRecord.HeaderLength)..];
            using var opened = OpeningStream.Open(new MemoryStream(sealedObject[..(int)SealingStream.LengthOf(file.Length)]), _keys).Value;
            var whole = new byte[file.Length];
            opened.ReadExactly(whole);
            Assert.Equal(file, whole);
        }
    }

    [Fact]
    public void A_sealed_file_of_which_a_bit_was_changed_is_not_given()
    {
        using var packs = PackFolder.Open(Packs, 1 << 30, _keys);
        var file = new byte[100_000];
        using var sealer = new MemorySealer(_keys.Current(KeyUse.Objects));
        var output = new byte[SealingStream.LengthOf(file.Length)];
        sealer.Complete(file, output);
        var place = packs.Tail.Append([new(Record(file) with { IsSealed = true }, output)])[0];
        using (var pack = File.OpenHandle(Pack, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) RandomAccess.Write(pack, [(byte)(output[70_000] ^ 1)], PackRecord.HeaderLength + 70_000);
        Assert.Equal(1000, Read(packs, place, 0, 1000).Length);
        Assert.Throws<InvalidDataException>(() => Read(packs, place, 66_000, 10));
        Assert.Throws<InvalidDataException>(() => Read(packs, place, 0, file.Length));
    }

    [Fact]
    public void Files_come_back_from_where_they_were_put_also_over_several_packs()
    {
        using var packs = PackFolder.Open(Packs, 1000, _keys);
        var files = Enumerable.Range(1, 50).Select(i => new byte[i * 7]).ToList();
        foreach (var file in files) new Random(file.Length).NextBytes(file);
        var places = files.Select(f => packs.Tail.Append([new(Record(f), f)])[0]).ToList();
        Assert.True(packs.Tail.Pack > 5);
        for (var i = 0; i < files.Count; i++)
        {
            Assert.Equal(files[i], Read(packs, places[i], 0, files[i].Length));
            var record = packs.ReadRecord(places[i].Pack, places[i].Offset)!;
            Assert.Equal(("42010001", "CT1", (long)files[i].Length), (record.Organisation, record.Sender, record.Length));
            Assert.Equal(SHA256.HashData(files[i]), record.Hash);
        }
    }

    [Fact]
    public void What_is_erased_is_gone_from_the_disk_and_its_record_says_so()
    {
        using var packs = PackFolder.Open(Packs, 1 << 20, _keys);
        var (first, second) = ("the first file"u8.ToArray(), "the second one"u8.ToArray());
        var places = packs.Tail.Append([new(Record(first), first), new(Record(second), second)]);
        packs.Erase(places[0]);
        Assert.True(packs.ReadRecord(places[0].Pack, places[0].Offset)!.IsErased);
        Assert.Equal(-1, File.ReadAllBytes(Pack).AsSpan().IndexOf(first));
        Assert.Equal(second, Read(packs, places[1], 0, second.Length));
    }

    [Fact]
    public void A_record_behind_damaged_bytes_is_found_and_half_a_record_is_none()
    {
        using var packs = PackFolder.Open(Packs, 1 << 20, _keys);
        var bytes = new byte[100];
        var places = packs.Tail.Append([new(Record(bytes), bytes), new(Record(bytes), bytes)]);
        Assert.Equal(places[1].Offset, packs.FindRecord(1, places[0].Offset + 8));
        packs.Tail.CutBack(1, packs.Tail.End - 1);
        Assert.Null(packs.FindRecord(1, places[1].Offset));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void What_is_written_ahead_of_its_turn_comes_back_whole_also_when_another_file_came_between(bool between, bool flushes)
    {
        using var packs = PackFolder.Open(Packs, 1 << 30, _keys, flushes: flushes);
        using var run = packs.Tail.Begin();
        var entries = new List<(byte[] File, PackEntry Entry)>();
        foreach (var length in (int[])[300_000, 70_000, 1, 500_003])
        {
            var file = new byte[length];
            new Random(length).NextBytes(file);
            using var sealer = new MemorySealer(_keys.Current(KeyUse.Objects));
            var ahead = run.Next();
            var output = PageBuffer.Rent((int)SealingStream.LengthOf(length), ahead?.Phase ?? 0).Memory[..(int)SealingStream.LengthOf(length)];
            sealer.Advance(file, output.Span);
            ahead?.Write(output.Span[..sealer.Length], isWhole: false);
            sealer.Complete(file, output.Span);
            ahead?.Write(output.Span, isWhole: true);
            var record = Record(file) with { IsSealed = true };
            run.Pass(record.Size);
            // Less than a page goes ahead only where it does so through the memory of the system.
            if (length > PageBuffer.Page) Assert.Equal(!between || entries.Count == 0, ahead is { } written && written.To > written.From);
            entries.Add((file, new(record, output, ahead)));
            if (between && entries.Count == 1) packs.Tail.Append([new(Record(file), file)]);
        }

        var places = packs.Tail.Append([.. entries.Select(e => e.Entry)]);
        Assert.Equal(packs.Tail.End, places[^1].Offset + entries[^1].Entry.Record.Size);
        for (var i = 0; i < places.Length; i++) Assert.Equal(entries[i].File, Read(packs, places[i], 0, entries[i].File.Length));
        packs.Tail.CutBack(1, packs.Tail.End);
        var at = 0L;
        for (var count = 0; packs.FindRecord(1, at) is { } found; count++)
        {
            Assert.Equal(at, found);
            Assert.True(count < 5);
            at = found + packs.ReadRecord(1, found)!.Size;
        }

        Assert.Equal(packs.Tail.End, at);
    }

    [Fact]
    public async Task Room_is_made_while_nobody_stores_is_written_over_and_is_gone_at_the_end()
    {
        var files = Enumerable.Range(0, 6).Select(i => new byte[(3 << 20) + i]).ToList();
        foreach (var file in files) new Random(file.Length).NextBytes(file);
        PackPlace[] places;
        using (var packs = PackFolder.Open(Packs, 1 << 30, _keys, room: 24 << 20))
        {
            places = packs.Tail.Append([.. files[..3].Select(f => new PackEntry(Record(f), f))]);
            using (packs.Tail.Begin())
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
                Assert.Equal(0, packs.Tail.Room);
            }

            packs.Tail.Append([]);
            places = [.. places, .. packs.Tail.Append([new(Record(files[3]), files[3])])];
            for (var i = 0; packs.Tail.Room < 24 << 20 && i < 1200; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
            using var storing = packs.Tail.Begin();
            var length = packs.LengthOf(1);
            Assert.True(packs.Tail.Room >= 24 << 20, $"only {packs.Tail.Room} bytes of room");
            Assert.Equal(packs.Tail.End + packs.Tail.Room, length);
            places = [.. places, .. packs.Tail.Append([new(Record(files[4]), files[4]), new(Record(files[5]), files[5])])];
            packs.Tail.Flush();
            Assert.Equal(length, packs.LengthOf(1));
            for (var i = 0; i < files.Count; i++) Assert.Equal(files[i], Read(packs, places[i], 0, files[i].Length));

            // As a crash leaves it: whoever opens it sees the records and, behind them, none.
            using var other = PackFolder.Open(Packs, 1 << 30, _keys);
            Assert.Equal(length, other.Tail.End);
            Assert.Null(other.FindRecord(1, packs.Tail.End));
            Assert.Equal(places[5].Offset, other.FindRecord(1, places[4].Offset + 8));
        }

        Assert.Equal(places[5].Offset + Record(files[5]).Size, new FileInfo(Pack).Length);
    }

    private string Packs => Path.Combine(_folder, "packs");

    private string Pack => Path.Combine(Packs, "00000001.pack");

    private static byte[] Read(PackFolder packs, PackPlace place, long offset, int length)
    {
        using var file = packs.Open(place);
        var bytes = new byte[length];
        file.Read(offset, bytes);
        return bytes;
    }

    private static PackRecord Record(byte[] file) => new(IsObject: false, IsErased: false, file.Length, SHA256.HashData(file), 638_000_000_000_000_000, "42010001", "CT1");
}

using System.IO.Hashing;
using System.Runtime.InteropServices;
using Xunit;
using Yunnao.Services.Identity;

namespace Yunnao.Tests.Unit.Identity;

public sealed class SubjectCacheTests
{
    private const int Most = 4096;

    [Fact]
    public void Up_to_half_of_its_room_all_is_there()
    {
        var cache = Filled(Most / 2);
        Assert.True(cache.IsWhole);
        Assert.Equal(Most / 2, Held(cache, Most / 2));
        Assert.False(cache.TryGet(Key(Most), out _));
    }

    [Fact]
    public void Beyond_its_room_it_forgets_and_says_so_and_what_is_there_is_right()
    {
        var cache = Filled(4 * Most);
        Assert.False(cache.IsWhole);
        Assert.InRange(Held(cache, 4 * Most), Most * 3 / 4, Most);
        Assert.True(cache.TryGet(Key((4 * Most) - 1), out _));
    }

    [Fact]
    public void A_key_has_the_subject_that_was_put_last_and_none_after_clearing()
    {
        var cache = Filled(10);
        cache.Put(Key(3), 77);
        Assert.True(cache.TryGet(Key(3), out var subject));
        Assert.Equal(77UL, subject);
        cache.Clear();
        Assert.Equal(0, Held(cache, 10));
        Assert.True(cache.IsWhole);
    }

    private static SubjectCache Filled(int entries)
    {
        var cache = new SubjectCache(Most);
        for (var i = 0; i < entries; i++) cache.Put(Key(i), (ulong)i);
        return cache;
    }

    private static int Held(SubjectCache cache, int entries)
    {
        var held = 0;
        for (var i = 0; i < entries; i++)
        {
            if (!cache.TryGet(Key(i), out var subject)) continue;
            Assert.Equal((ulong)i, subject);
            held++;
        }

        return held;
    }

    private static UInt128 Key(int i) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in i)));
}

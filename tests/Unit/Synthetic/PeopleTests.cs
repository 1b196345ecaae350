using CsCheck;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class PeopleTests
{
    private static readonly DateOnly Start = new(2025, 1, 1);

    [Fact]
    public void Id_numbers_are_valid_say_sex_and_birthday_and_never_collide()
    {
        var seen = new HashSet<string>();
        foreach (var person in new Population(TestCity.Tables, 9, Start, Start.AddYears(1)).Households(60_000).SelectMany(h => h.Members))
        {
            Assert.True(IdNumber.IsValid(person.IdNumber));
            Assert.True(seen.Add(person.IdNumber), "An ID number was given twice.");
            Assert.Equal(person.Born.ToString("yyyyMMdd"), person.IdNumber[6..14]);
            Assert.Equal(person.Sex == Sex.Male ? 1 : 0, (person.IdNumber[16] - '0') % 2);
        }
    }

    [Fact]
    public void No_two_members_of_any_households_share_division_day_and_sequence()
    {
        var slots = new AddressMaker(TestCity.Tables, 3).Slots;
        var seen = new HashSet<(string, int, int)>();
        for (long household = 0; household < 200_000; household++)
        {
            for (var member = 0; member < IdSlots.Members; member += 7)
            {
                Assert.True(seen.Add(slots.At(household * 11, member, Sex.Male)));
            }
        }

        Assert.True(slots.Capacity > 2_000_000);
    }

    [Fact]
    public void Children_are_younger_than_their_parents_and_carry_a_surname_of_theirs()
    {
        var children = new Population(TestCity.Tables, 4, Start, Start.AddYears(1)).Households(5_000).SelectMany(h => h.Members).Where(p => p.Mother is not null || p.Father is not null).ToList();
        Assert.NotEmpty(children);
        Assert.All(children, c =>
        {
            if (c.Mother is { } mother) Assert.InRange(c.Born.Year - mother.Born.Year, 16, 50);
            Assert.Equal((c.Father ?? c.Mother)!.Surname, c.Surname);
        });
    }

    [Fact]
    public void Nobody_is_born_in_the_future_and_babies_are_born_in_the_period()
    {
        foreach (var person in new Population(TestCity.Tables, 4, Start, Start.AddMonths(6)).Households(20_000).SelectMany(h => h.Members))
        {
            if (person.BornAt is { } born) Assert.InRange(DateOnly.FromDateTime(born), Start, Start.AddMonths(6).AddDays(-1));
            else Assert.True(person.Born < Start);
        }
    }

    [Fact]
    public void A_permutation_maps_a_range_onto_itself() =>
        Gen.Select(Gen.Int[1, 3000], Gen.ULong).Sample((size, key) =>
        {
            var permutation = new Permutation(size, key);
            return Enumerable.Range(0, size).Select(i => permutation[i]).Distinct().Count(v => v >= 0 && v < size) == size;
        }, iter: 60);

    [Fact]
    public void Draws_follow_their_weights()
    {
        var (dice, choice) = (new Dice(3), new Weighted<int>([(0, 1), (1, 3), (2, 0), (3, 6)]));
        var counts = new int[4];
        for (var i = 0; i < 100_000; i++) counts[choice.Draw(dice)]++;
        Assert.InRange(counts[0], 9_400, 10_600);
        Assert.InRange(counts[1], 29_200, 30_800);
        Assert.Equal(0, counts[2]);
    }

    [Fact]
    public void Streams_of_chance_depend_on_their_keys_alone()
    {
        var dice = new Dice(1, 2, 3);
        var first = Enumerable.Range(0, 8).Select(_ => dice.Bits()).ToArray();
        dice.Reseed(1, 2, 4);
        Assert.NotEqual(first[0], dice.Bits());
        dice.Reseed(1, 2, 3);
        Assert.Equal(first, Enumerable.Range(0, 8).Select(_ => dice.Bits()));
    }
}

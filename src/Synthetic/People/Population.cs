using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.People;

/// <summary>Makes the residents, household by household, in a stream; nothing is remembered from one household to the next.</summary>
internal sealed class Population
{
    private const long PhoneNumbers = 100_000_000;
    private const int Newborn = IdSlots.Members - 1;
    private static readonly string[] Prefixes = ["133", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "181", "186", "187", "188", "189"];

    private readonly ulong _seed;
    private readonly DateOnly _start;
    private readonly DateOnly _end;
    private readonly NameMaker _names;
    private readonly SocialMaker _social;
    private readonly HouseholdMaker _households;
    private readonly AddressMaker _addresses;
    private readonly Permutation _phones;

    /// <param name="end">The day after the last day of the period.</param>
    public Population(string folder, ulong seed, DateOnly start, DateOnly end)
    {
        (_seed, _start, _end) = (seed, start, end);
        _names = new NameMaker(folder);
        _social = new SocialMaker(folder);
        _households = new HouseholdMaker(folder);
        _addresses = new AddressMaker(folder, seed);
        _phones = new Permutation(PhoneNumbers, seed ^ 0xF0E);
    }

    public AddressMaker Addresses => _addresses;

    /// <summary>The households of the first <paramref name="residents"/> residents. Babies born in the period come on top.</summary>
    public IEnumerable<Household> Households(long residents)
    {
        long left = residents, person = 0;
        for (long number = 0; left > 0; number++)
        {
            var dice = new Dice(_seed, (ulong)number, 1);
            var home = _addresses.Make(dice, number);
            Fill(dice, home, left, ref person);
            left -= home.Members.Count;
            AddNewborn(dice, home, ref person);
            foreach (var member in home.Members) member.Died = Death(dice, member);
            yield return home;
        }
    }

    private void Fill(Dice dice, Household home, long left, ref long number)
    {
        var places = _households.Make(dice, _start.Year);
        Person? head = null, spouse = null;
        var ethnic = _social.Ethnic(dice);
        foreach (var place in places)
        {
            if (home.Members.Count == Math.Min(left, Newborn)) break;
            var child = place.Role == HouseholdMaker.Role.Child;
            var (mother, father) = !child ? (null, null) : head!.Female ? (head, spouse) : (spouse, head);
            var surname = child ? (father ?? mother)!.Surname : _names.Surname(dice);
            var member = home.Members.Count;
            var born = Birthday(dice, home, member, place.Sex, place.BirthYear);
            var person = Make(dice, home, ++number, member, place.Sex, born, surname, Marital(dice, place), child ? ethnic : null, mother, father);
            if (head is null)
            {
                head = person;
            }
            else if (place.Role == HouseholdMaker.Role.Spouse)
            {
                spouse = person;
                (head.Spouse, spouse.Spouse) = (spouse, head);
            }

            home.Members.Add(person);
        }
    }

    private Person Make(
        Dice dice, Household home, long number, int member, Sex sex, DateOnly born, string surname, string marital, string? ethnic,
        Person? mother, Person? father, DateTime? bornAt = null)
    {
        var (division, _, sequence) = _addresses.Slots.At(home.Number, member, sex);
        var age = _start.Year - born.Year;
        return new Person
        {
            Number = number,
            Home = home,
            Member = member,
            Sex = sex,
            Born = born,
            BornAt = bornAt,
            Surname = surname,
            GivenName = _names.Given(dice, sex, born.Year),
            IdNumber = IdNumbers.Make(division, born, sequence),
            Phone = Phone(age < 14 && mother is not null ? mother.Number : number),
            Social = _social.Make(dice, sex, age, marital, ethnic),
            Mother = mother,
            Father = father,
            Height = Height(dice, sex, age),
            BodyMassIndex = age >= 18 ? Math.Max(16, dice.Normal(23.8, 3.4)) : Math.Max(13, dice.Normal(16 + age * 0.25, 1.6)),
        };
    }

    private static double Height(Dice dice, Sex sex, int age) => age >= 18
        ? dice.Normal(sex == Sex.Male ? 170 : 158.5, 5.8)
        : Math.Min(172, 50 + 76 * (1 - Math.Exp(-age / 6.5)) + 2.6 * age) + dice.Normal(0, 3);

    /// <summary>The day of the year follows from the household's number block; the year from the age. Nobody is born in the future.</summary>
    private DateOnly Birthday(Dice dice, Household home, int member, Sex sex, int year)
    {
        var (_, day, _) = _addresses.Slots.At(home.Number, member, sex);
        var born = Birthday(dice, year, day);
        return born < _start ? born : Birthday(dice, year - 1, day);
    }

    /// <summary>29 February is a birthday too: it shares its numbers with the 28th.</summary>
    private static DateOnly Birthday(Dice dice, int year, int day)
    {
        var date = new DateOnly(2001, 1, 1).AddDays(day);
        return DateTime.IsLeapYear(year) && date is { Month: 2, Day: 28 } && dice.Chance(0.5) ? new DateOnly(year, 2, 29) : new DateOnly(year, date.Month, date.Day);
    }

    private string Phone(long number) => Prefixes[(int)(Dice.Mix((ulong)number ^ _seed) % (ulong)Prefixes.Length)] + $"{_phones[number % PhoneNumbers]:00000000}";

    private string Marital(Dice dice, HouseholdMaker.Place place) => place.Role switch
    {
        HouseholdMaker.Role.Head or HouseholdMaker.Role.Spouse or HouseholdMaker.Role.Grandparent => "20",
        HouseholdMaker.Role.WidowedGrandparent => "30",
        HouseholdMaker.Role.LoneParent => dice.Chance(0.8) ? "40" : "30",
        HouseholdMaker.Role.Single when _start.Year - place.BirthYear >= 60 => dice.Chance(0.8) ? "30" : "40",
        HouseholdMaker.Role.Single when _start.Year - place.BirthYear >= 36 => dice.Chance(0.5) ? "40" : "10",
        _ => "10",
    };

    /// <summary>The day of the year is given by the household's number block, so a birth happens where that day falls into the period.</summary>
    private void AddNewborn(Dice dice, Household home, ref long number)
    {
        if (home.Members.Count < 2 || home.Members[0].Spouse is not { } other) return;
        var (mother, father) = other.Female ? (other, home.Members[0]) : (home.Members[0], other);
        var sex = dice.Chance(0.525) ? Sex.Male : Sex.Female;
        var (_, day, _) = _addresses.Slots.At(home.Number, Newborn, sex);
        for (var year = _start.Year; year <= _end.Year; year++)
        {
            var born = Birthday(dice, year, day);
            if (born < _start || born >= _end || !dice.Chance(Fertility(mother, born))) continue;
            var at = born.ToDateTime(new TimeOnly(dice.Below(24), dice.Below(60)));
            var baby = Make(dice, home, ++number, Newborn, sex, born, father.Surname, "10", father.Social.Ethnic, mother, father, at);
            home.Members.Add(baby);
            return;
        }
    }

    private static double Fertility(Person mother, DateOnly day)
    {
        var age = mother.AgeOn(day);
        return age is < 20 or > 45 ? 0 : 0.16 * Math.Exp(-Math.Pow((age - 28) / 6.0, 2));
    }

    /// <summary>Gompertz mortality, with an infant term; men die earlier.</summary>
    private DateTime? Death(Dice dice, Person person)
    {
        var from = person.Born > _start ? person.Born : _start;
        var age = person.AgeOn(from);
        var yearly = age < 1 ? 0.004 : (person.Female ? 1.4e-5 : 2.3e-5) * Math.Exp(0.1 * age) + 0.0003;
        var days = dice.Exponential(365.25 / yearly);
        if (days >= _end.DayNumber - from.DayNumber) return null;
        var died = from.AddDays((int)days).ToDateTime(new TimeOnly(dice.Below(24), dice.Below(60)));
        return person.BornAt is { } born && died <= born ? born.AddHours(3) : died;
    }
}
